/// What llama.cpp's converter makes of Hugging Face's models: other names, another order of rows in
/// q and k, Gemma's norms with one added; and back.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.llamacpp;
