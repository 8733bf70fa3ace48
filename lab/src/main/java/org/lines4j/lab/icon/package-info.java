/// Small colour pictures with real labels: icons, emoji and letters, from packages of public
/// registries, and the tasks that they make.
@org.jspecify.annotations.NullMarked
package org.lines4j.lab.icon;
