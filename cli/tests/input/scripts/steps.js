// Steps of a blind, each with a height and a pause; no record can name what lies that deep.
function encodeDownlink(input) {
  var bytes = [];
  input.data.blind.steps.forEach(function (step) {
    bytes.push(step.height, step.pause);
  });
  return { fPort: 20, bytes: bytes };
}

function decodeDownlink(input) {
  var steps = [];
  for (var i = 0; i < input.bytes.length; i += 2) {
    steps.push({ height: input.bytes[i], pause: input.bytes[i + 1] });
  }
  return { data: { blind: { steps: steps } }, warnings: steps.length ? [] : ['no steps'] };
}
