/// What Java has no method for: system calls, memory by pages.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.posix;
