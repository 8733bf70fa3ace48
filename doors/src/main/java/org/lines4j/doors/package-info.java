/// Nothing but tests: what a third party may add, on the class path, through every command.
@org.jspecify.annotations.NullMarked
package org.lines4j.doors;
