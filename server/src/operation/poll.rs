//! Devices that fetch their messages by a call of their own (`POST /ingestion/…`).

use downlink::error::{All, Error};
use downlink::instruction::DeviceId;
use downlink::message::Message;
use downlink::senml::{Profile, Reader};
use tokio::sync::mpsc;

use crate::carrier::polling::{self, Before, MessageToken, Sent};
use crate::clock::Moment;
use crate::device::{Known, Replay};
use crate::id::PartId;
use crate::life::{Call, Effect, Input, Protocol, Stage, line};
use crate::settings::Secret;
use crate::store::{Line, Stored};

use super::{Operations, Refusal, unix_time};

/// Downlinks of a line that are looked at for one call.
const LOOK: u32 = 16;

/// Which way a device calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ingestion {
    /// `/ingestion/ip/senml/v1`: devices named by a DVNUUID.
    Ip,
    /// `/ingestion/m2m/senml/v1`: devices named by an IMEI.
    M2m,
}

impl Ingestion {
    fn takes(self, device: DeviceId) -> bool {
        matches!(
            (self, device),
            (Self::Ip, DeviceId::DvnUuid(_)) | (Self::M2m, DeviceId::Imei(_))
        )
    }
}

/// What a device is answered.
#[derive(Debug)]
pub struct Answered {
    /// Header fields.
    pub headers: Vec<(String, String)>,
    /// Bytes.
    pub body: Vec<u8>,
    /// To be handed in once the answer is written whole.
    pub receipt: Receipt,
}

/// Tells, if it is dropped before the answer was written whole, that the device did not get it.
///
/// It is made before the answer is written down: a connection that breaks drops whatever works for
/// it, at any moment.
#[derive(Debug)]
pub struct Receipt {
    part: PartId,
    broken: Option<mpsc::Sender<PartId>>,
}

impl Receipt {
    /// The connection took all of the answer.
    pub fn hand_in(mut self) {
        self.broken = None;
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        let Some(broken) = self.broken.take() else {
            return;
        };
        if broken.try_send(self.part).is_err() {
            tracing::error!(part = %self.part, "an answer broke, and it cannot be noted");
        }
    }
}

/// Why a device is not answered.
#[derive(Debug)]
pub enum NotAnswered {
    /// The body is not a pack: what is wrong with it.
    Malformed(Vec<downlink::error::Diagnostic>),
    /// The token is not the device's: nothing is told of why.
    Unauthorized,
    /// As for callers.
    Refused(Refusal),
}

impl From<Refusal> for NotAnswered {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<crate::store::StoreError> for NotAnswered {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl Operations {
    /// Answers a device's call with the message at the head of its line, if there is one.
    ///
    /// # Errors
    ///
    /// A body that is not a pack, or a token that is not the device's.
    pub async fn poll(
        &self,
        ingestion: Ingestion,
        body: &[u8],
        token: Option<MessageToken>,
    ) -> Result<Option<Answered>, NotAnswered> {
        let now = self.clock.now();
        let (device, newest) = read(body, now)?;
        let known = match device {
            Some(device) if ingestion.takes(device) => {
                self.known_to_any(&device.to_string()).await?
            }
            _ => None,
        };
        let secret = known.as_ref().and_then(|it| it.settings().secret.as_ref());
        if !polling::is_of_device(token, body, secret.map(Secret::reveal)) {
            return Err(NotAnswered::Unauthorized);
        }
        let known = known.ok_or(NotAnswered::Unauthorized)?;
        let sent = Sent {
            digest: polling::digest(body),
            newest,
            at: now,
        };
        match self.relation(&known, &sent).await? {
            Call::Replayed => Ok(None),
            call => Ok(self.answer(&known, call).await?),
        }
    }

    /// An answer was not written whole: the device did not get it.
    ///
    /// # Errors
    ///
    /// A store that cannot be reached.
    pub async fn answer_broken(&self, part: PartId) -> Result<(), Refusal> {
        if let Some(stored) = self.store.life_of(part).await? {
            self.apply(stored, &Input::AnswerBroken { part }).await?;
        }
        Ok(())
    }

    /// How a call relates to those before it; one that counts is noted.
    async fn relation(&self, known: &Known, sent: &Sent) -> Result<Call, Refusal> {
        let forget_before = sent.at.minus(polling::KEPT);
        let bodies = self.store.bodies(known.name(), forget_before).await?;
        let seen: Vec<_> = bodies.iter().map(|body| (body.digest, body.at)).collect();
        let before = Before {
            bodies: &seen,
            newest: bodies.iter().filter_map(|body| body.newest).max(),
            allows_replay: known.settings().replay == Replay::Allow,
        };
        let call = polling::classify(sent, &before);
        if call != Call::Replayed {
            let body = crate::store::Body {
                digest: sent.digest,
                at: sent.at,
                newest: sent.newest,
            };
            self.store
                .note_body(known.name(), body, forget_before)
                .await?;
        }
        Ok(call)
    }

    async fn answer(&self, known: &Known, call: Call) -> Result<Option<Answered>, Refusal> {
        let line = Line {
            device: known.name().to_owned(),
            protocol: Protocol::Http,
        };
        // One call ends at most the part that was answered before, and takes up the next.
        for _ in 0..3 {
            let open = self.store.open(&line, LOOK).await?;
            let Some((stored, part, input)) = self.head(&open, call) else {
                return Ok(None);
            };
            let receipt = Receipt {
                part,
                broken: Some(self.broken.clone()),
            };
            let step = self.apply(stored.clone(), &input).await?;
            if step.effects.contains(&Effect::Deliver { part }) {
                return self.answer_with(receipt).await.map(Some);
            }
            receipt.hand_in();
        }
        Ok(None)
    }

    /// What a call does next: to the part that is offered or was answered, or, where there is none,
    /// to the one whose turn it is.
    fn head<'s>(&self, open: &'s [Stored], call: Call) -> Option<(&'s Stored, PartId, Input)> {
        let of = |part: PartId| open.iter().find(|it| it.life.part(part).is_some());
        let parts = || open.iter().flat_map(|stored| &stored.life.parts);
        let current = parts()
            .find(|part| matches!(part.stage, Stage::Offered { .. } | Stage::Carried { .. }));
        if let Some(part) = current {
            let input = Input::Called {
                part: part.id,
                call,
            };
            return Some((of(part.id)?, part.id, input));
        }
        let lives: Vec<_> = open.iter().map(|stored| &stored.life).collect();
        let part = line::next(&lives, 1, self.clock.now())?;
        Some((of(part)?, part, Input::Turn { part, fit: Ok(()) }))
    }

    async fn answer_with(&self, receipt: Receipt) -> Result<Answered, Refusal> {
        let Message::Http(content) = self.message(Protocol::Http, receipt.part).await? else {
            return Err(Refusal::fault("a part over HTTP holds another message"));
        };
        let answer = polling::answer(&content);
        let headers = answer.headers.into_iter();
        Ok(Answered {
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: answer.body.to_vec(),
            receipt,
        })
    }
}

/// The device that a pack is of, if it is of one, and the newest time that it states.
fn read(body: &[u8], now: Moment) -> Result<(Option<DeviceId>, Option<Moment>), NotAnswered> {
    let mut findings = All::default();
    let reader = Reader::new().profile(Profile::Interop);
    let pack = reader.read_json(body, &mut findings);
    let pack = match pack {
        Ok(pack) if findings.errors.is_empty() => pack,
        Ok(_) => return Err(malformed(findings, None)),
        Err(error) => return Err(malformed(findings, Some(error))),
    };
    let resolved = pack
        .resolve(unix_time(now))
        .map_err(|error| malformed(findings, Some(error)))?;
    let newest = polling::newest_time(&resolved, now);
    Ok((polling::sender(&resolved), newest))
}

fn malformed(findings: All, last: Option<Error>) -> NotAnswered {
    let errors = findings.errors.into_iter().chain(last);
    NotAnswered::Malformed(errors.map(Error::into_diagnostic).collect())
}
