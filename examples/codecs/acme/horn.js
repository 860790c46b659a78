// The older form: the port is given, and the bytes alone are returned.
function Encoder(object, port) {
  return [object.seconds];
}
