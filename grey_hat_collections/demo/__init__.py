from . import collection_demo, collection_demo_story
