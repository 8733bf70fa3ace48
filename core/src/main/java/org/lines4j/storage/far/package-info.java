/// Files that lie far away, read by ranges in large pieces, ahead of whoever reads: what storages
/// of servers share. Nothing here asks a server.
@org.jspecify.annotations.NullMarked
package org.lines4j.storage.far;
