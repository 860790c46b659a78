// A lamp: 01, a level of 0 to 100, and a color.
var colors = ['white', 'red', 'green'];

function encodeDownlink(input) {
  var level = input.data.level;
  if (level > 100) return { errors: ['the level is above 100'] };
  var warnings = level === 0 ? ['a level of 0 is dark'] : [];
  return {
    fPort: 10,
    bytes: [0x01, level, Math.max(0, colors.indexOf(input.data.color))],
    warnings: warnings,
  };
}

function decodeDownlink(input) {
  return { data: { level: input.bytes[1], color: colors[input.bytes[2]] } };
}
