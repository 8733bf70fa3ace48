/// Where bytes lie: files and folders of this machine, and whatever else a [Storage] reaches.
@org.jspecify.annotations.NullMarked
package org.lines4j.storage;
