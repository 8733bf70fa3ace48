/// The image encoder: its forward pass, training, and evaluation.
@org.jspecify.annotations.NullMarked
package org.lines4j.lab.encoder;
