/// The arithmetic, in scalar and in vector form.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.kernel;
