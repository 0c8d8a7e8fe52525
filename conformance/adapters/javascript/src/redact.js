// Printing without secrets.

/**
 * Makes `util.inspect` pass over the getters of a class, even where it is told to show them: they may hold
 * secrets. Its own properties are shown as ever.
 * @param {{ prototype: object }} class_
 */
export function redact(class_) {
  Object.defineProperty(class_.prototype, Symbol.for('nodejs.util.inspect.custom'), {
    /**
     * @this {object}
     * @param {number} _depth @param {import('node:util').InspectOptions} options
     * @param {typeof import('node:util').inspect} inspect
     */
    value(_depth, options, inspect) {
      // What is given back as it is, is printed in the ordinary way.
      if (!options.showHidden && !options.getters) return this;
      return inspect(this, { ...options, showHidden: false, getters: false });
    },
  });
}
