/// Python's pickles read as data: nothing is ever called, no class is ever made.
@NullMarked
package org.lines4j.internal.pickle;

import org.jspecify.annotations.NullMarked;
