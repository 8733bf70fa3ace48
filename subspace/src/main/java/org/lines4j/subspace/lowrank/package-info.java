/// Products of two thin matrices that are nearest to a matrix.
@org.jspecify.annotations.NullMarked
package org.lines4j.subspace.lowrank;
