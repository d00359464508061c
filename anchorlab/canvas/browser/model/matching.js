// The settings of the rule of matching in force, of { rule, <rule>: settings, ... }.
export const settingsOf = (match) => match[match.rule];
