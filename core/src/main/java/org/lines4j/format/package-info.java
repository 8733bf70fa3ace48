/// What a checkpoint is: a `.safetensors` file, or a Hugging Face model folder of one or more.
@org.jspecify.annotations.NullMarked
package org.lines4j.format;
