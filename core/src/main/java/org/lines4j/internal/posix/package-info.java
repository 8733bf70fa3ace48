/// The system calls that Java has no method for.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.posix;
