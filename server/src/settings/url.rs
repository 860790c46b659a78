//! URLs that settings name: of this service, of an issuer's keys, of an MQTT broker.

use std::fmt;
use std::str::FromStr;

use super::value::texts;

/// A text that is not the URL that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a URL of the form that was expected")]
pub struct NotAUrl;

/// Where callers reach the service: `https://downlink.example/api`. Links begin with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The URL, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PublicUrl {
    type Err = NotAUrl;

    fn from_str(text: &str) -> Result<Self, NotAUrl> {
        let parts = Parts::parse(text)?;
        let is_web = matches!(parts.scheme, "http" | "https");
        if is_web && !parts.target.contains('?') {
            Ok(Self(text.trim_end_matches('/').to_owned()))
        } else {
            Err(NotAUrl)
        }
    }
}

/// An `https` URL: a host, its port, and what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpsUrl {
    /// The name or address of the host; an IPv6 address without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Path and query, from the first slash.
    pub target: String,
}

impl FromStr for HttpsUrl {
    type Err = NotAUrl;

    fn from_str(text: &str) -> Result<Self, NotAUrl> {
        let parts = Parts::parse(text)?;
        match parts.scheme {
            "https" => Ok(Self {
                host: parts.host.to_owned(),
                port: parts.port.unwrap_or(443),
                target: match parts.target {
                    "" => "/".to_owned(),
                    target => target.to_owned(),
                },
            }),
            _ => Err(NotAUrl),
        }
    }
}

impl HttpsUrl {
    /// Host and port as the `Host` header has them.
    #[must_use]
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}{}", self.authority(), self.target)
    }
}

/// An MQTT broker: `mqtt://host`, or `mqtts://host` with TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerUrl {
    /// The name or address of the host; an IPv6 address without brackets.
    pub host: String,
    /// Its port: 1883, with TLS 8883, unless the URL says otherwise.
    pub port: u16,
    /// Whether the connection is encrypted.
    pub tls: bool,
}

impl FromStr for BrokerUrl {
    type Err = NotAUrl;

    fn from_str(text: &str) -> Result<Self, NotAUrl> {
        let parts = Parts::parse(text)?;
        let tls = match parts.scheme {
            "mqtt" => false,
            "mqtts" => true,
            _ => return Err(NotAUrl),
        };
        if !matches!(parts.target, "" | "/") {
            return Err(NotAUrl);
        }
        Ok(Self {
            host: parts.host.to_owned(),
            port: parts.port.unwrap_or(if tls { 8883 } else { 1883 }),
            tls,
        })
    }
}

texts! {
    PublicUrl: "an http or https URL without a query, such as \"https://downlink.example\""
    HttpsUrl: "an https URL such as \"https://id.example/jwks.json\""
    BrokerUrl: "a broker such as \"mqtts://broker.example:8883\""
}

/// The parts of a URL with an authority (RFC 3986 §3). User names and fragments are refused.
struct Parts<'t> {
    scheme: &'t str,
    host: &'t str,
    port: Option<u16>,
    target: &'t str,
}

impl<'t> Parts<'t> {
    fn parse(text: &'t str) -> Result<Self, NotAUrl> {
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_visible || text.contains(['#', '@', '\\', '"', '<', '>']) {
            return Err(NotAUrl);
        }
        let (scheme, rest) = text.split_once("://").ok_or(NotAUrl)?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end).ok_or(NotAUrl)?;
        if target.starts_with('?') {
            return Err(NotAUrl);
        }
        let (host, port) = host_and_port(authority)?;
        Ok(Self {
            scheme,
            host,
            port,
            target,
        })
    }
}

fn host_and_port(authority: &str) -> Result<(&str, Option<u16>), NotAUrl> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or(NotAUrl)?;
            host.parse::<std::net::Ipv6Addr>().map_err(|_| NotAUrl)?;
            (host, port)
        }
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            let (host, port) = authority.split_at_checked(end).ok_or(NotAUrl)?;
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
            if !host.is_empty() && host.bytes().all(is_name) {
                (host, port)
            } else {
                return Err(NotAUrl);
            }
        }
    };
    match port.strip_prefix(':') {
        Some(port) => Ok((host, Some(port.parse().map_err(|_| NotAUrl)?))),
        None if port.is_empty() => Ok((host, None)),
        None => Err(NotAUrl),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_loses_the_slash_at_its_end() {
        let url: PublicUrl = "https://downlink.example/api/".parse().unwrap();
        assert_eq!(url.as_str(), "https://downlink.example/api");
        for text in [
            "ftp://a",
            "a.example",
            "http://a?b",
            "http://a#b",
            "http://",
            "http://a b",
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(NotAUrl), "{text}");
        }
    }

    #[test]
    fn an_https_url_has_a_host_a_port_and_a_target() {
        let url: HttpsUrl = "https://id.example/keys?v=1".parse().unwrap();
        assert_eq!(url.to_string(), "https://id.example:443/keys?v=1");
        let url: HttpsUrl = "https://[::1]:8443".parse().unwrap();
        assert_eq!((url.host.as_str(), url.port), ("::1", 8443));
        assert_eq!(url.to_string(), "https://[::1]:8443/");
        for text in [
            "http://id.example",
            "https://user@id.example",
            "https://id.example:99999",
            "https://:443",
            "https://[::1",
        ] {
            assert_eq!(text.parse::<HttpsUrl>(), Err(NotAUrl), "{text}");
        }
    }

    #[test]
    fn a_broker_has_the_port_of_its_scheme() {
        let port = |text: &str| text.parse::<BrokerUrl>().map(|url| (url.port, url.tls));
        assert_eq!(port("mqtt://b"), Ok((1883, false)));
        assert_eq!(port("mqtts://b"), Ok((8883, true)));
        assert_eq!(port("mqtts://b:1/"), Ok((1, true)));
        assert_eq!(port("mqtt://b/topic"), Err(NotAUrl));
    }
}
