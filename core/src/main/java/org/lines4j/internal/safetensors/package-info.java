/// Reading and writing the safetensors format and its index.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.safetensors;
