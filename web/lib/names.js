// What people and things are called aloud. Ids made by machines appear only in details.

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The name of a worker or team among colleagues: an id that people gave, else the call sign.
 *
 * @param {string} id
 * @param {{ call_sign?: string | null } | undefined} row
 */
export const calledBy = (id, row) => (row?.call_sign && UUID.test(id) ? row.call_sign : id);
