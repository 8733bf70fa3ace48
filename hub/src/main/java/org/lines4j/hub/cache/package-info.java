/// The cache that `huggingface_hub` keeps, read and written as it does.
@org.jspecify.annotations.NullMarked
package org.lines4j.hub.cache;
