#![cfg_attr(fuzzing, no_main)]

downlink_fuzz::target!(encode_into);
