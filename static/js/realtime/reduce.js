/**
 * A room's state as a pure function: snapshot + events = fresh snapshot.
 *
 * The state is a plain object. Beside what the apps keep in it, it has
 *   s, ep      the position it stands at (the server's numbering)
 *   versions   { object: version } of every commerce object seen
 *
 * Each kind of event has one reducer here, by its wire name. A reducer returns the new state and
 * never changes the old one. Commerce events carry the absolute state of one object and its
 * version, so an event that comes twice, or late, or before the snapshot it belongs to, does no
 * harm: wrap such a reducer in `versioned`.
 */

/** @typedef {{ s?: number, ep?: string, versions?: Object<string, number> }} State */
/** @typedef {{ t: string, version?: number }} RoomEvent */

/**
 * A reducer that ignores what is older than the state already is.
 * @param {(event: RoomEvent) => string} objectOf  names the object the event is about
 * @param {(state: State, event: RoomEvent) => State} reducer
 */
export function versioned(objectOf, reducer) {
  return (state, event) => {
    const object = objectOf(event);
    const known = state.versions?.[object] ?? -1;
    if (known >= event.version) return state;
    const next = reducer(state, event);
    return { ...next, versions: { ...state.versions, [object]: event.version } };
  };
}

/** @type {Object<string, (state: State, event: RoomEvent) => State>} */
export const reducers = {};

/**
 * The state after one event. A kind that is not known here changes nothing.
 * @param {State} state
 * @param {RoomEvent} event
 */
export function applyEvent(state, event) {
  const reducer = Object.hasOwn(reducers, event.t) ? reducers[event.t] : null;
  return reducer ? reducer(state, event) : state;
}
