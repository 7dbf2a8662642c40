// Viewers of one group show the same part of their images: who zooms or moves one moves the others.

const groups = new Map();

function groupOf(name) {
  if (!groups.has(name)) groups.set(name, { on: true, members: new Set() });
  return groups.get(name);
}

export function join(name, member) {
  if (name) groupOf(name).members.add(member);
}

export function leave(name, member) {
  if (name) groupOf(name).members.delete(member);
}

export function isLinked(name) {
  return Boolean(name) && groupOf(name).on;
}

export function setLinked(name, on) {
  groupOf(name).on = on;
  for (const member of groupOf(name).members) member.linkChanged();
}

export function share(name, from, view) {
  if (!isLinked(name)) return;
  for (const member of groupOf(name).members) if (member !== from) member.follow(view);
}
