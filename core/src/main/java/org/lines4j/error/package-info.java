/// What everything stands on: what may go wrong, by whose doing (an input's, the request's, or a
/// merge method's), what becomes of tensors that do not fit together, and the library's version.
@org.jspecify.annotations.NullMarked
package org.lines4j.error;
