/// Which tensors of several models are one: by name, by tie, by bytes; and which do not fit
/// together.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.pairing;
