/// Texts that models are measured on, and the tokens that they are made.
@org.jspecify.annotations.NullMarked
package org.lines4j.evaluate.text;
