//! A device for a definition: every variable with a value that its pattern admits.

use std::iter;

use downlink::directory::Binding;
use downlink::encoder::definition::Definition;
use downlink::encoder::{Encoder, VariableDescription};
use regex_lite::Regex;

/// A device with a value for every variable, on a network that carries the longest payload.
pub(crate) fn binding(definition: &Definition) -> Binding {
    let binding = Binding::new(definition.id()).with_max_payload(242_i128);
    let variables = definition.variables();
    let required = variables.declared().iter().filter(|it| it.is_required);
    required.fold(binding, |binding, variable| {
        binding.with_variable(&variable.name, admitted(variable))
    })
}

/// A text that the pattern of the variable admits: two characters, or zeros.
fn admitted(variable: &VariableDescription) -> String {
    let pattern = variable.pattern.as_deref().unwrap_or(".*");
    let pattern = Regex::new(&format!("^(?:{pattern})$")).unwrap();
    iter::once("x1".to_owned())
        .chain((1..=32).map(|length| "0".repeat(length)))
        .find(|text| pattern.is_match(text))
        .unwrap()
}
