/// Files in this process's memory, for as long as a [org.lines4j.internal.memory.MemoryRoom] is
/// open.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.memory;
