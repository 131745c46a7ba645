from . import collection_demo, collection_demo_customer_side, collection_demo_road, collection_demo_story
