//! Scripts that mean harm end in the right error, and leave nothing behind.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fmt::Write;
use std::time::{Duration, Instant};

use downlink::Engine;
use downlink::directory::Binding;
use downlink::encoder::Registry;
use downlink::encoder::javascript::{Bounds, JavaScriptCodec};
use downlink::error::{Code, Error};
use downlink::message::lora::FPort;
use downlink::message::{Message, Method};
use downlink::senml::{Pack, UnixTime};

/// One runtime, so that the next message meets what the last one left; and no wall clock, so that
/// what ends here ends by what was counted.
fn counted() -> Bounds {
    Bounds {
        wall_clock: None,
        runtimes: 1,
        ..Bounds::default()
    }
}

fn engine(source: &str, bounds: Bounds) -> Engine {
    let codec = JavaScriptCodec::with_bounds("acme/codec", source, bounds);
    let codec = codec.unwrap_or_else(|error| panic!("{source}: {error}"));
    Engine::new(Registry::builder().register(codec).unwrap().build())
}

fn send(engine: &Engine, step: i64) -> Result<String, Error> {
    let text = format!(r#"[{{"bn":"urn:dev:DEVEUI:0059AC00001B0095:","n":"step","v":{step}}}]"#);
    let pack = Pack::from_json(text.as_bytes())?;
    let method = Method::Lora {
        f_port: Some(FPort::new(1)?),
    };
    let binding = Binding::new("acme/codec").with_max_payload(242);
    let now = UnixTime::from_seconds(0);
    let downlinks = engine.encode_pack(&pack, &method, &binding, now)?;
    let [Message::Lora(downlink)] = downlinks.messages() else {
        panic!("one LoRaWAN message")
    };
    Ok(hex::encode(downlink.frm_payload()))
}

/// Step 1 does harm; any other step gives itself.
fn harming(harm: &str) -> String {
    format!(
        "function encodeDownlink(input) {{
            if (input.data.step === 1) {{ {harm}; }}
            return {{ bytes: [input.data.step] }};
        }}"
    )
}

const HARM: [(&str, Code); 54] = [
    ("for (;;);", Code::CodecTimeout),
    (
        "while (true) { try { for (;;); } catch (e) {} finally { continue; } }",
        Code::CodecTimeout,
    ),
    ("(function f() { f(); })()", Code::CodecStack),
    (
        "const o = {}; o.toString = function () { return '' + this; }; '' + o",
        Code::CodecStack,
    ),
    (
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)",
        Code::CodecStack,
    ),
    (
        "const a = []; for (;;) a.push(new Uint8Array(100000))",
        Code::CodecMemory,
    ),
    ("let s = 'x'; for (;;) s += s", Code::CodecMemory),
    ("let a = null; for (;;) a = { a }", Code::CodecMemory),
    ("let a = null; for (;;) a = [a, () => a]", Code::CodecMemory),
    ("throw null", Code::CodecException),
    (
        "for (let i = 0; i < 1e5; i++); throw null",
        Code::CodecException,
    ),
    ("new Array(1e9).fill(0)", Code::CodecTimeout),
    ("new Array(4294967295).join('')", Code::CodecTimeout),
    ("new Array(4294967295).sort()", Code::CodecTimeout),
    ("new Array(4294967295).reverse()", Code::CodecTimeout),
    ("[].concat(new Array(4294967295))", Code::CodecTimeout),
    ("[[new Array(4294967295)]].flat(2)", Code::CodecTimeout),
    ("new Array(4294967295).slice(1)", Code::CodecTimeout),
    ("new Array(4294967295).shift()", Code::CodecTimeout),
    ("new Array(4294967295).includes(1)", Code::CodecTimeout),
    ("new Array(4294967295).indexOf(1)", Code::CodecTimeout),
    ("new Set(new Array(4294967295))", Code::CodecTimeout),
    ("String(new Array(4294967295))", Code::CodecTimeout),
    (
        "JSON.stringify({}, new Array(4294967295))",
        Code::CodecTimeout,
    ),
    ("[...new Array(4294967295)]", Code::CodecMemory),
    (
        "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
        Code::CodecTimeout,
    ),
    (
        "Array.prototype.join.call({ length: 2 ** 53 - 1 })",
        Code::CodecTimeout,
    ),
    (
        "let n = 0; Array.prototype.join.call({ get length() { return n++ && 2 ** 53; } })",
        Code::CodecException,
    ),
    ("'x'.repeat(2 ** 40)", Code::CodecException),
    ("'x'.repeat(2 ** 28)", Code::CodecMemory),
    ("'x'.padEnd(2 ** 29)", Code::CodecMemory),
    (
        "'a'.repeat(2e6).indexOf('a'.repeat(1e6) + 'b')",
        Code::CodecTimeout,
    ),
    (
        "'a'.repeat(2e6).split('a'.repeat(1e6) + 'b')",
        Code::CodecTimeout,
    ),
    ("/^(a+)+$/.test('a'.repeat(60) + 'b')", Code::CodecTimeout),
    (
        "'a'.repeat(60).concat('b').match(/^(a|a)*$/)",
        Code::CodecTimeout,
    ),
    ("new RegExp('('.repeat(1e5))", Code::CodecException),
    (
        "throw { get name() { throw 1; }, get message() { throw 2; } }",
        Code::CodecException,
    ),
    (
        "throw Object.defineProperty(new Error(), 'message', { get() { throw 2; } })",
        Code::CodecException,
    ),
    (
        "return { get bytes() { throw new Error('no'); } }",
        Code::CodecException,
    ),
    ("return { get bytes() { for (;;); } }", Code::CodecTimeout),
    (
        "return { bytes: { get length() { return 1; } } }",
        Code::CodecOutput,
    ),
    (
        "return { bytes: [1], get errors() { return ['no']; } }",
        Code::CodecRefused,
    ),
    (
        "return { bytes: Object.defineProperty([1], 0, { get() { throw new Error('no'); } }) }",
        Code::CodecException,
    ),
    (
        "return { bytes: [1], errors: [{ toString() { for (;;); } }] }",
        Code::CodecTimeout,
    ),
    (
        "return { bytes: [1], errors: [{ toString() { throw 1; } }] }",
        Code::CodecRefused,
    ),
    (
        "(function () {}).constructor('for (;;);')()",
        Code::CodecTimeout,
    ),
    (
        "(function () {}).constructor('return process')()",
        Code::CodecException,
    ),
    ("require('fs')", Code::CodecException),
    ("setTimeout(() => {}, 0)", Code::CodecException),
    ("new Proxy({}, {})", Code::CodecException),
    ("new Date(new Date(NaN))", Code::CodecOutput),
    ("eval('for (;;);')", Code::CodecTimeout),
    (
        "for (const x of (function* () { for (;;) yield 1; })()) {}",
        Code::CodecTimeout,
    ),
    (
        "const a = [1]; for (const x of a) a.push(x)",
        Code::CodecTimeout,
    ),
];
#[test]
fn harm_ends_in_its_error_and_the_next_message_is_right() {
    for (harm, expected) in HARM {
        let harm = if expected == Code::CodecOutput && !harm.starts_with("return") {
            format!("{harm}; return 5")
        } else {
            harm.to_owned()
        };
        let engine = engine(&harming(&harm), counted());
        let started = Instant::now();
        assert_eq!(send(&engine, 2).as_deref(), Ok("02"), "{harm}");
        let error = send(&engine, 1).expect_err(&harm);
        assert_eq!(error.code(), expected, "{harm}: {error}");
        assert_eq!(send(&engine, 3).as_deref(), Ok("03"), "{harm}");
        // Far above what it takes, even on a busy machine; far below what it would take unbounded.
        assert!(started.elapsed() < Duration::from_secs(20), "{harm}");
    }
}

#[test]
fn the_wall_clock_ends_what_the_ticks_would_not() {
    let usual = Bounds::default().wall_clock;
    assert_eq!(usual, Some(Duration::from_millis(100)));
    let bounds = Bounds {
        ticks: u64::MAX,
        wall_clock: Some(Duration::from_millis(500)),
        ..Bounds::default()
    };
    let engine = engine(&harming("for (;;)"), bounds);
    let error = send(&engine, 1).unwrap_err();
    assert_eq!(error.code(), Code::CodecTimeout);
    assert!(error.to_string().contains("500 ms"), "{error}");
}

#[test]
fn a_harmful_script_does_not_load() {
    for (source, code) in [
        ("for (;;);", Code::CodecTimeout),
        ("let s = 'x'; for (;;) s += s;", Code::CodecMemory),
        ("(function f() { f(); })();", Code::CodecStack),
        ("throw new Error('no');", Code::CodecSyntax),
        ("}); leak = 1; (() => {", Code::CodecSyntax),
        (
            "import fs from 'fs';\nexport function encodeDownlink() {}",
            Code::CodecSyntax,
        ),
    ] {
        let error = JavaScriptCodec::with_bounds("acme/codec", source, counted()).unwrap_err();
        assert_eq!(error.code(), code, "{source}: {error}");
    }
}

/// Each looks for a trace of an earlier message, and then leaves one. What comes with the language
/// goes by other names, so that the scripts are not seen to change it.
const LEAKS: [(&str, &str); 37] = [
    ("typeof leak !== 'undefined'", "leak = 1"),
    (
        "typeof globalThis.leak !== 'undefined'",
        "globalThis.leak = 1",
    ),
    ("O.getPrototypeOf(g).leak", "O.getPrototypeOf(g).leak = 1"),
    ("g.leak", "O.setPrototypeOf(g, { leak: 1 })"),
    ("g.leak", "O.defineProperty(g, 'leak', { value: 1 })"),
    ("typeof leak !== 'undefined'", "(0, eval)('var leak = 1')"),
    ("typeof leak !== 'undefined'", "Function('leak = 1')()"),
    ("cache.leak", "cache.leak = 1"),
    ("counter > 0", "counter++"),
    ("hidden()", "hidden(1)"),
    ("({}).leak", "O.prototype.leak = 1"),
    ("({}).leak", "const p = '__pro' + 'to__'; ({})[p].leak = 1"),
    ("[].leak", "A.prototype.leak = 1"),
    ("[].leak", "[].constructor.prototype.leak = 1"),
    ("(() => 1).leak", "(() => 1).constructor.prototype.leak = 1"),
    ("''.leak", "''.constructor.prototype.leak = 1"),
    (
        "(function* () {})().leak",
        "O.getPrototypeOf(function* () {}).prototype.leak = 1",
    ),
    (
        "(async () => {}).leak",
        "O.getPrototypeOf(async () => {}).leak = 1",
    ),
    (
        "[][S.iterator]().leak",
        "O.getPrototypeOf([][S.iterator]()).leak = 1",
    ),
    (
        "O.getPrototypeOf(Uint8Array).leak",
        "O.getPrototypeOf(Uint8Array).leak = 1",
    ),
    ("M.leak", "M.leak = 1"),
    ("M.round(1.2) !== 1", "M.round = () => 7"),
    ("J.parse('1') !== 1", "J.parse = () => 7"),
    ("[1].map((x) => x)[0] !== 1", "A.prototype.map = () => [7]"),
    ("require.leak", "require.leak = 1"),
    ("require('buffer').leak", "require('buffer').leak = 1"),
    (
        "B.leak || B.from([1]).leak",
        "B.leak = 1; B.prototype.leak = 1",
    ),
    (
        "exports.leak || module.leak",
        "exports.leak = 1; module.leak = 1",
    ),
    ("encodeDownlink.leak", "encodeDownlink.leak = 1"),
    ("C.leak || C.log.leak", "C.leak = 1; C.log.leak = 1"),
    ("typeof E[prepare] === 'function'", "E[prepare] = () => 1"),
    ("E[limit] === 77", "E[limit] = 77"),
    ("tagged``.leak", "try { tagged``.leak = 1 } catch (e) {}"),
    (
        "/x/g.lastIndex",
        "const r = /x/g; r.exec('x'); R.prototype.lastIndex = 1",
    ),
    (
        "typeof leak !== 'undefined'",
        "Promise.resolve().then(() => { leak = 1; })",
    ),
    (
        "typeof leak !== 'undefined'",
        "(async () => { await 1; leak = 1; })()",
    ),
    (
        "S.leak || S.prototype.leak",
        "S.prototype.leak = 1; S.leak = 1",
    ),
];

#[test]
fn nothing_leaks_from_one_message_to_the_next() {
    for (look, leave) in LEAKS {
        let source = format!(
            "var counter = 0; const cache = {{}}; const g = globalThis;
            const [A, B, C, E, J, M, O, R, S] =
                [Array, Buffer, console, Error, JSON, Math, Object, RegExp, Symbol];
            const [limit, prepare] = ['stack' + 'TraceLimit', 'prepare' + 'StackTrace'];
            const hidden = (() => {{
                let kept = 0;
                return (set) => {{ const was = kept; if (set) kept = set; return was; }};
            }})();
            const tagged = (parts) => parts;
            function encodeDownlink(input) {{
                const found = ({look}) ? 1 : 0;
                {leave};
                return {{ bytes: [found] }};
            }}"
        );
        let codec = JavaScriptCodec::with_bounds("acme/codec", &source, counted()).unwrap();
        assert!(codec.is_warm(), "{leave}");
        let engine = Engine::new(Registry::builder().register(codec).unwrap().build());
        for _ in 0..3 {
            assert_eq!(send(&engine, 1).as_deref(), Ok("00"), "{leave}");
        }
    }
}

#[test]
fn scripts_that_extend_the_language_still_work() {
    for source in [
        "String.prototype.last = function () { return this[this.length - 1]; };
         function encodeDownlink(i) { return { bytes: [+'12'.last()] }; }",
        "Number.isEven = (n) => n % 2 === 0;
         function encodeDownlink(i) { return { bytes: [Number.isEven(2) ? 2 : 0] }; }",
        "var P = Array['proto' + 'type']; P.last = function () { return this[this.length - 1]; };
         function encodeDownlink(i) { return { bytes: [[1, 2].last()] }; }",
        "'use strict'; var M = Math; M.two = 2;
         function encodeDownlink(i) { return { bytes: [M.two] }; }",
        "class Own extends Error { constructor() { super('m'); this.name = 'Own'; this.message = 'n'; } }
         function encodeDownlink(i) { const e = new Own(); return { bytes: [e.name === 'Own' && e.message === 'n' ? 2 : 0] }; }",
        "function encodeDownlink(i) { const o = {}; o.toString = () => '2'; o.constructor = 1; return { bytes: [+`${o}`] }; }",
        "function encodeDownlink(i) { 'use strict'; const o = {}; o.valueOf = () => 2; return { bytes: [+o] }; }",
        "(function () { const m = Math; m.round = () => 2; })();
         function encodeDownlink(i) { return { bytes: [Math.round(7)] }; }",
        "for (i = 0; i < 3; i++); function encodeDownlink() { return { bytes: [i - 1] }; }",
    ] {
        let engine = engine(source, counted());
        for _ in 0..2 {
            assert_eq!(send(&engine, 1).as_deref(), Ok("02"), "{source}");
        }
    }
}

/// Each with what it sends for steps 1 and 2, and whether messages share a runtime.
const CHANGING: [(&str, &str, &str, bool); 11] = [
    (
        "function encodeDownlink(i) { if (i.data.step === 1) RegExp.prototype.flags = 'y'; return { bytes: [/a/g.flags.length, /a/.flags.length] }; }",
        "0100",
        "0100",
        false,
    ),
    (
        "function encodeDownlink(i) { if (i.data.step === 1) Buffer.prototype.slice = () => [9]; return { bytes: Buffer.from([1, 2]).slice(1) }; }",
        "09",
        "02",
        true,
    ),
    (
        "function encodeDownlink(i) { if (i.data.step === 1) Math.max = () => 9; return { bytes: [Math.max(0, 2)] }; }",
        "09",
        "02",
        true,
    ),
    (
        "function encodeDownlink(i) { const A = Array; if (i.data.step === 1) { Array.prototype.last = () => 9; } return { bytes: [A.prototype.last ? [].last() : 2] }; }",
        "09",
        "02",
        true,
    ),
    (
        "if (!Object.values) { Object.values = function () { return [7]; }; } Math.trunc = Math.trunc || null;
         function encodeDownlink(i) { return { bytes: Object.values(i.data) }; }",
        "01",
        "02",
        true,
    ),
    (
        "'use strict'; Math.trunc = Math.trunc || null;
         function encodeDownlink(i) { return { bytes: [Math.trunc(i.data.step)] }; }",
        "01",
        "02",
        true,
    ),
    (
        "function encodeDownlink(i) { var b = new Buffer(1); b.put(i.data.step); return { bytes: b.all }; }
         function Buffer(size) { this.all = []; } Buffer.prototype.put = function (it) { this.all.push(it); };",
        "01",
        "02",
        true,
    ),
    (
        "function encodeDownlink(i) {
            function Buffer(size) { this.all = []; } Buffer.prototype.put = function (it) { this.all.push(it); };
            var b = new Buffer(1); b.put(i.data.step); return { bytes: b.all }; }",
        "01",
        "02",
        true,
    ),
    (
        "Object.defineProperty(Object, 'assign', { value: () => 7 });
         function encodeDownlink(i) { return { bytes: [Object.assign()] }; }",
        "07",
        "07",
        false,
    ),
    (
        "var atob; function encodeDownlink(i) { return { bytes: [typeof atob === 'function' ? 1 : 0] }; }",
        "01",
        "01",
        false,
    ),
    (
        "Buffer = function () {}; function encodeDownlink(i) { return { bytes: [Buffer.from ? 1 : 0] }; }",
        "00",
        "00",
        false,
    ),
];

#[test]
fn who_changes_the_language_does_so_for_one_message() {
    for (source, first, second, is_warm) in CHANGING {
        let codec = JavaScriptCodec::with_bounds("acme/codec", source, counted()).unwrap();
        assert_eq!(codec.is_warm(), is_warm, "{source}");
        let engine = Engine::new(Registry::builder().register(codec).unwrap().build());
        for _ in 0..2 {
            assert_eq!(send(&engine, 1).as_deref(), Ok(first), "{source}");
            assert_eq!(send(&engine, 2).as_deref(), Ok(second), "{source}");
        }
    }
}

#[test]
fn many_threads_share_few_runtimes() {
    let bounds = Bounds {
        runtimes: 2,
        ..counted()
    };
    let source = "let last = 0; function encodeDownlink(i) { last += i.data.step; return { bytes: [last] }; }";
    let engine = engine(source, bounds);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let engine = &engine;
            scope.spawn(move || {
                for turn in 0..50 {
                    let step = (thread * 31 + turn) % 200;
                    assert_eq!(send(engine, step), Ok(format!("{step:02x}")));
                }
            });
        }
    });
}

#[test]
fn the_same_message_ends_the_same_after_any_other() {
    // So much work that the ticks are just enough, or just not.
    let mut ends = Vec::new();
    for ticks in [3, 4, 5] {
        let source = "function encodeDownlink(i) {
            for (let n = 0; n < i.data.step * 1000; n++); return { bytes: [1] }; }";
        let bounds = Bounds { ticks, ..counted() };
        let warm = engine(source, bounds);
        let mut line = String::new();
        for step in 0..40 {
            let used = send(&warm, step).is_ok();
            let fresh = send(&engine(source, bounds), step).is_ok();
            assert_eq!(used, fresh, "{step}");
            write!(line, "{}", u8::from(used)).unwrap();
        }
        ends.push(line);
    }
    assert!(ends.iter().any(|line| line.contains("10")), "{ends:?}");
}
