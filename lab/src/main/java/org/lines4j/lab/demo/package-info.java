/// The embedded pair of models that `lines demo` edits, and what it shows.
@org.jspecify.annotations.NullMarked
package org.lines4j.lab.demo;
