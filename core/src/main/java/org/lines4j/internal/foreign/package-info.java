/// What users give for a model that is none, called by its name: files of other formats, folders
/// that hold models in their subfolders, names of the Hugging Face hub.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.foreign;
