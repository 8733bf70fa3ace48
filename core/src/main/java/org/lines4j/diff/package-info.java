/// How far fine-tuning moved each tensor and each layer.
@org.jspecify.annotations.NullMarked
package org.lines4j.diff;
