// The rule of matching in force and the settings of all, { rule, <rule>: settings, ... }, as Python sends them.

// The settings of the rule in force.
export const settingsOf = (match) => match[match.rule];

// The same with values at paths of the app state: { "matching.rule": "ssd", "matching.ssd.high": 0.6 }.
export function withChanges(match, changes) {
  const changed = { ...match };
  for (const [path, value] of Object.entries(changes)) {
    const [record, rule, setting] = path.split(".");
    if (record !== "matching") continue;
    if (setting) changed[rule] = { ...changed[rule], [setting]: value };
    else changed[rule] = value;
  }
  return changed;
}
