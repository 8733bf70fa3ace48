/// Where models lie that a user names `org/name`, `hf://org/name` or `https://…`: places for core
/// to read from.
@org.jspecify.annotations.NullMarked
package org.lines4j.hub;
