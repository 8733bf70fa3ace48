/// What `config.json` says, and what must change in it.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.config;
