// Fingers on the picture: two that draw apart or together.

export class Fingers {
  constructor() {
    this.at = new Map();
  }

  get several() {
    return this.at.size > 1;
  }

  down(event) {
    this.at.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  up(event) {
    this.at.delete(event.pointerId);
  }

  // How much nearer or farther a finger now is to the other one, and the point between them; null where it is alone.
  moved(event) {
    const before = this.at.get(event.pointerId);
    if (!before || !this.several) return null;
    const now = { x: event.clientX, y: event.clientY };
    const [, other] = [...this.at].find(([id]) => id !== event.pointerId);
    this.at.set(event.pointerId, now);
    const apart = (point) => Math.max(Math.hypot(point.x - other.x, point.y - other.y), 1);
    return { factor: apart(now) / apart(before), x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
  }
}
