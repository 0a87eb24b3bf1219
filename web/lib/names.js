// What people and things are called aloud. Ids made by machines appear only in details.

/** An id that a machine made. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The number of a request as it is said aloud: R-0421.
 *
 * @param {number} number
 */
export const requestSign = (number) => `R-${String(number).padStart(4, "0")}`;

/** The name of a worker or team among colleagues: an id that people gave, else the call sign.
 *
 * @param {string} id
 * @param {{ call_sign?: string | null } | undefined} row
 */
export const calledBy = (id, row) => (row?.call_sign && UUID.test(id) ? row.call_sign : id);
