//! Parts in every stage, and short names for what became of them.

use std::time::Duration;

use downlink_server::clock::Moment;
use downlink_server::id::{DownlinkId, PartId};
use downlink_server::life::{
    Abilities, Before, Context, Delivery, Life, NewPart, OnUnknown, Part, Protocol, Reason, Stage,
    Terms, Timing, Why,
};
use uuid::Uuid;

pub(crate) const MINUTE: Duration = Duration::from_mins(1);
pub(crate) const FEEDBACK: Duration = Duration::from_mins(10);

pub(crate) fn now() -> Moment {
    Moment::from_micros(1_796_000_000_000_000)
}

pub(crate) fn later() -> Moment {
    now().plus(100 * FEEDBACK)
}

pub(crate) fn part_id(number: u128) -> PartId {
    PartId(Uuid::from_u128(number))
}

/// What is the same for a part all its life.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) protocol: Protocol,
    pub(crate) abilities: Abilities,
    pub(crate) delivery: Delivery,
    pub(crate) on_unknown: OnUnknown,
    pub(crate) retry_limit: u32,
}

impl Scenario {
    /// A LoRaWAN server that can do all but expire.
    pub(crate) const LORA: Self = Self {
        protocol: Protocol::Lora,
        abilities: Abilities {
            takes_back: true,
            can_be_asked: true,
            expires: false,
        },
        delivery: Delivery::Reported,
        on_unknown: OnUnknown::Resend,
        retry_limit: 5,
    };
    /// A broker that acknowledges nothing.
    pub(crate) const MQTT: Self = Self {
        protocol: Protocol::Mqtt,
        abilities: Abilities {
            takes_back: false,
            can_be_asked: false,
            expires: false,
        },
        delivery: Delivery::HandedOver,
        on_unknown: OnUnknown::Fail,
        retry_limit: 5,
    };
    /// An SMSC.
    pub(crate) const SMS: Self = Self {
        protocol: Protocol::Sms,
        abilities: Abilities {
            takes_back: true,
            can_be_asked: false,
            expires: true,
        },
        delivery: Delivery::Reported,
        on_unknown: OnUnknown::Resend,
        retry_limit: 5,
    };
    /// A device that polls.
    pub(crate) const HTTP: Self = Self {
        protocol: Protocol::Http,
        abilities: Abilities {
            takes_back: false,
            can_be_asked: false,
            expires: false,
        },
        delivery: Delivery::Reported,
        on_unknown: OnUnknown::Resend,
        retry_limit: 5,
    };

    /// Every protocol with every carrier there could be.
    pub(crate) fn all() -> Vec<Self> {
        let flags = [false, true];
        let mut all = Vec::new();
        for protocol in Protocol::ALL {
            for bits in 0..64_u8 {
                let bit = |index: u8| flags[usize::from(bits >> index & 1)];
                all.push(Self {
                    protocol,
                    abilities: Abilities {
                        takes_back: bit(0),
                        can_be_asked: bit(1),
                        expires: bit(2),
                    },
                    delivery: if bit(3) {
                        Delivery::HandedOver
                    } else {
                        Delivery::Reported
                    },
                    on_unknown: if bit(4) {
                        OnUnknown::Fail
                    } else {
                        OnUnknown::Resend
                    },
                    retry_limit: if bit(5) { 5 } else { 1 },
                });
            }
        }
        let is_real =
            |it: &Self| it.protocol != Protocol::Http || it.delivery == Delivery::Reported;
        all.retain(is_real);
        all
    }

    pub(crate) fn context(&self) -> Context {
        Context {
            now: now(),
            abilities: self.abilities,
            timing: Timing::default(),
        }
    }

    pub(crate) fn terms(&self) -> Terms {
        Terms {
            retry_limit: self.retry_limit,
            feedback_timeout: FEEDBACK,
            give_up_at: later(),
            dry_run: false,
        }
    }

    pub(crate) fn new_part(&self, number: u128) -> NewPart {
        NewPart {
            id: part_id(number),
            on_unknown: self.on_unknown,
            delivery: self.delivery,
        }
    }

    /// A part that was posted directly, accepted an hour ago.
    pub(crate) fn direct(&self) -> Life {
        let before = now().minus(60 * MINUTE);
        Life::accept_part(self.new_part(1), self.protocol, self.terms(), before).0
    }

    /// An instruction of as many parts, accepted an hour ago.
    pub(crate) fn instruction(&self, parts: u128) -> Life {
        let parts: Vec<_> = (1..=parts).map(|number| self.new_part(number)).collect();
        let id = DownlinkId(Uuid::from_u128(100));
        Life::accept(
            id,
            self.protocol,
            self.terms(),
            &parts,
            now().minus(60 * MINUTE),
        )
        .0
    }

    fn can_be_asked(&self) -> bool {
        self.abilities.can_be_asked && self.protocol != Protocol::Http
    }

    /// Puts a part into a stage, in its second try, one of them counted.
    pub(crate) fn put(part: &mut Part, stage: Stage) {
        let carried = matches!(stage, Stage::Carried { .. } | Stage::TakingBack { .. });
        let waits = matches!(stage, Stage::Waiting);
        part.attempt = if waits { 0 } else { 2 };
        part.retries = u32::from(!waits);
        part.was_handed_over = carried;
        if part.failure.is_none() && matches!(stage, Stage::Pausing { .. }) {
            part.failure = Some(Reason::NotTransmitted);
        }
        part.stage = stage;
    }

    pub(crate) fn unknown(&self) -> Stage {
        Stage::Unknown {
            decide_at: later(),
            asked: !self.can_be_asked(),
            due: Some(later()),
        }
    }

    pub(crate) fn carried(&self) -> Stage {
        Stage::Carried {
            item: Some("item".to_owned()),
            due: later(),
            look_at: self.can_be_asked().then(later),
            missing_since: None,
        }
    }
}

pub(crate) fn handing() -> Stage {
    Stage::Handing {
        from: Before::Waiting,
        deadline: later(),
        evicted: false,
        succeeded: false,
    }
}

pub(crate) fn pausing() -> Stage {
    Stage::Pausing { until: now() }
}

pub(crate) fn taking_back(why: Why) -> Stage {
    Stage::TakingBack {
        why,
        item: Some("item".to_owned()),
        asked: false,
        deadline: later(),
        due: later(),
    }
}

pub(crate) fn ended() -> Stage {
    Stage::Ended {
        at: now().minus(MINUTE),
        call_until: None,
    }
}

/// The letters of `docs/states.md`.
pub(crate) fn letter(stage: &Stage) -> &'static str {
    match stage {
        Stage::Waiting => "W",
        Stage::Pausing { .. } => "P",
        Stage::Handing { .. } => "H",
        Stage::Unknown { due: Some(_), .. } => "U",
        Stage::Unknown { due: None, .. } => "U late",
        Stage::Offered { .. } => "O",
        Stage::Carried { .. } => "C",
        Stage::TakingBack { why, .. } => match why {
            Why::Cancel => "K cancel",
            Why::Timeout => "K timeout",
            Why::Eviction => "K eviction",
            Why::Success => "K success",
        },
        Stage::Ended { .. } => "D",
    }
}
