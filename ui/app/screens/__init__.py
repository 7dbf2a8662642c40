"""The pages of the app, one script each, run by `ui/app/main.py`.

The folder is not called `pages`: Streamlit would offer such scripts by themselves, without the notice.
"""
