/// Matrices that are nearly products of two thin ones: what adapters hold.
@org.jspecify.annotations.NullMarked
package org.lines4j.lowrank;
