/// What may go wrong, by whose doing: an input's, the request's, or a merge method's. Lies below
/// everything else.
@org.jspecify.annotations.NullMarked
package org.lines4j.error;
