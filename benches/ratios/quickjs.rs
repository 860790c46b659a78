//! The same message made by a payload codec in `QuickJS`, as LoRaWAN network servers do.

use std::hint::black_box;

use rquickjs::{Context, Function, Object, Runtime};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::case::Case;
use super::timing::Timed;

const SCRIPT: &str = include_str!("vicki.js");

/// A runtime for each message.
pub fn fresh(case: Case) -> Timed {
    messages(case, |body| encode(&context(), body))
}

/// One runtime that has read the script.
pub fn warm(case: Case) -> Timed {
    let context = context();
    messages(case, move |body| encode(&context, body))
}

fn messages(case: Case, encode: impl Fn(&str) -> String + 'static) -> Timed {
    for body in &case.bodies {
        assert_eq!(encode(body), case.documents, "{body}");
    }
    Timed::new(move || {
        for body in &case.bodies {
            black_box(encode(black_box(body)));
        }
    })
    .doing(3)
}

fn context() -> Context {
    let context = Context::full(&Runtime::new().unwrap()).unwrap();
    context.with(|js| js.eval::<(), _>(SCRIPT)).unwrap();
    context
}

/// Reads the request, has the script encode the instruction, and writes the document.
fn encode(context: &Context, body: &str) -> String {
    let request: Request<'_> = serde_json::from_str(body).unwrap();
    context.with(|js| {
        let input = Object::new(js.clone()).unwrap();
        let instruction = js.json_parse(request.instruction.get()).unwrap();
        input.set("instruction", instruction).unwrap();
        let encoder: Function<'_> = js.globals().get("encodeDownlink").unwrap();
        let output: Object<'_> = encoder.call((input,)).unwrap();
        let bytes: Vec<u8> = output.get("bytes").unwrap();
        let device: String = output.get("device").unwrap();
        let f_port = output.get("fPort").unwrap();
        let document = Document {
            message: Message {
                payload_hex: hex::encode_upper(bytes),
                f_port,
            },
            retry_limit: request.retry_limit,
            device_id: &device,
            feedback_timeout: request.feedback_timeout,
            dry_run: request.dry_run,
        };
        serde_json::to_string(&document).unwrap()
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    instruction: &'a RawValue,
    retry_limit: Option<u64>,
    feedback_timeout: &'a str,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    message: Message,
    retry_limit: Option<u64>,
    device_id: &'a str,
    feedback_timeout: &'a str,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    payload_hex: String,
    f_port: u8,
}
