/// Weights that are stored as codes with scales beside them: read as numbers, and made again.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.codes;
