function encodeDownlink(input {
