/// Whether models are of one base and whole: before they are edited or merged.
@org.jspecify.annotations.NullMarked
package org.lines4j.check;
