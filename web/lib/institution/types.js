// What a part tells about its page, as types. See docs/add-an-aggregate.md.

/** The rows of a page, as they are now or as they were. `at` is the instant that is asked about; null is now.
 *
 * @typedef {object} Source
 * @property {string | null} at
 * @property {(view: string) => boolean} has
 * @property {(view: string) => Map<string, any>} rows Rows by key.
 * @property {any} [problem]
 * @property {() => void} reload
 */

/** How a value reads. A `code` or `state` has a domain: a list of terms, or a domain of words.
 *
 * @typedef {"text" | "number" | "share" | "area" | "instant" | "date" | "code" | "state" | "flag" | "worker"
 *   | "team"} Kind
 */

/** A field of a row: a column of the list, a line of the detail, a cell of the printed list.
 *
 * @typedef {object} Shown
 * @property {string} key Field of the row. Its label is the text `PAGE.KEY`, else `institution.KEY`.
 * @property {Kind} [kind] Text by default.
 * @property {string} [domain]
 * @property {(row: any, source: Source) => any} [of] The value, if it is not the field itself: what is shown,
 *   sorted, searched and printed.
 * @property {(row: any, source: Source) => any} [cell] What the screen shows instead of the value.
 */

/**
 * @typedef {object} Placed
 * @property {string} [width] Width of the column, as in CSS grids.
 * @property {boolean} [wide] Only where there is room.
 * @property {boolean} [bare] Not on the cards of a narrow screen.
 * @property {boolean} [long] On a card it has a line of its own.
 * @typedef {Shown & Placed} Column
 */

/** A filter: a parameter of the address, with the number of rows behind each choice.
 *
 * @typedef {object} Filter
 * @property {string} key Parameter, and by default the field of the row.
 * @property {"code" | "area" | "flag"} [kind]
 * @property {string} [domain]
 * @property {(row: any, source: Source) => any} [of] The value of a row, or several.
 * @property {string[]} [codes] Choices in order; by default those that the rows have.
 * @property {(code: string, source: Source) => string} [say] What a choice is called, if it is no code.
 * @property {boolean} [served] Whether files of a derived view can be limited by it.
 * @property {string[]} [otherwise] Chosen unless the address says otherwise; `*` in the address is all.
 */

/** A field of a form. Its label is the text `PAGE.NAME`, else `institution.NAME`; a hint is `PAGE.NAME_hint`.
 *
 * @typedef {object} FormField
 * @property {string} name Field of the command.
 * @property {"text" | "lines" | "number" | "area" | "areas" | "enterprise" | "code" | "pick" | "date"
 *   | "instant" | "flag" | "reason" | "file"} [kind]
 * @property {boolean} [pictures] Whether a `file` must be a picture. It is uploaded under the form's row.
 * @property {boolean} [ledger] Whether an `enterprise` is one of the ledger; by default one that trades.
 * @property {(row: any) => string} [but] Id of an `enterprise` that is left out.
 * @property {boolean} [planned] Whether an `instant` may lie in the future.
 * @property {string} [list] List of terms of a `code` or `reason`.
 * @property {(source: Source, row: any) => [string, string][]} [options] Choices of a `pick`: [value, text].
 * @property {boolean} [required]
 * @property {number} [most] Most characters, or the largest number.
 * @property {number} [least] The smallest number.
 * @property {(row: any, source: Source) => any} [from] First value; by default the row's field of this name,
 *   if the form amends.
 * @property {string[]} [codes] Codes of refusals that are about this field. A refusal that names the field
 *   and its value needs none.
 * @property {(values: Record<string, any>, row: any) => boolean} [when] Whether it is asked for.
 */

/** A form that sends one command. Its label is the text `PAGE.COMMAND`, such as `posts.post.appoint`.
 *
 * @typedef {object} Form
 * @property {string} command
 * @property {FormField[]} fields
 * @property {boolean} [main] The first thing to do.
 * @property {boolean} [many] Whether it can be sent for several rows at once. Its fields ask about the
 *   first of them.
 * @property {string} [icon]
 * @property {boolean} [amends] Sends only what was changed, and what that was based on.
 * @property {boolean} [fact] Asks when it happened.
 * @property {(row: any, source: Source) => boolean} [when] Whether it is offered for this row.
 * @property {(values: Record<string, any>, row: any) => Record<string, any>} [data] The data to send, if they
 *   are not the values by name.
 * @property {string} [note] Key of a text above the fields.
 * @property {boolean} [stays] Of a form in `make`: whether it makes no row, so that none is shown after it.
 */

/** Another way to look at the rows: a tree, a curve. Its name is the text `PAGE.as_KEY`. The component gets
 * {institution, source, rows, all, id, open}; `rows` match the filters.
 *
 * @typedef {object} Picture
 * @property {string} key Value of `as` in the address.
 * @property {() => Promise<{ default: any }>} load Called when it is opened.
 */

/** A part of the detail. Its title is the text `PAGE.part_KEY`. The component gets {row, source}.
 *
 * @typedef {object} Part
 * @property {string} key
 * @property {any} body
 * @property {(row: any, source: Source) => boolean} [when]
 */

/**
 * @typedef {object} Institution
 * @property {string} name The page, and the prefix of its texts.
 * @property {string} view The view of the list.
 * @property {string[]} [also] Views that cells, filters and pictures need besides.
 * @property {boolean} [lean] Whether the list is read without what only one row is shown with: the detail
 *   reads its row by itself.
 * @property {boolean} [derived] Whether the service works the view out on request, so that it has no stream.
 * @property {(jurisdiction: string, at: string | null) => Promise<any[]>} [load] Reads rows with a `key` that
 *   are no view; by default all rows of a derived view.
 * @property {(row: any) => string} [opens] Address to go to, for rows that have nothing beside the list.
 * @property {string} [kind] First word of the events about one row; its history are those.
 * @property {(row: any) => string} [about] Key of what a row is about, if its own is another.
 * @property {string} [id] Field of the commands for a row's key; by default `kind`.
 * @property {(row: any, source: Source) => string} title What a row is called.
 * @property {Column[]} columns
 * @property {string} sort Default order: a column, with a leading `-` for descending.
 * @property {(row: any, source: Source) => string} [text] What the search looks in, besides the columns.
 * @property {Filter[]} [filters]
 * @property {boolean | "instant"} [dated] Whether the view and those in `also` answer `at`; "instant" asks
 *   for a time, otherwise for a day.
 * @property {boolean} [personal] Whether rows have personal fields.
 * @property {Shown[]} [facts] Of the detail; by default the columns.
 * @property {Part[]} [parts]
 * @property {Form[]} [make] Forms that make a new row.
 * @property {Form[]} [forms] Forms about one row.
 * @property {(event: any, source: Source) => string} [sentence] Sentence of an event in the history; by
 *   default the word of its name.
 * @property {Picture[]} [pictures]
 * @property {boolean} [imports] Whether sheets of it can be imported.
 * @property {(rows: any[], source: Source) => any} [sums] Numbers above the list, besides that of its rows.
 * @property {(row: any, source: Source) => any} [links] Links beside the forms of a row.
 */

export {};
